# Conditions as values.
        cmp     %ebx, %eax              # 39 d8
        setg    %cl                     # 0f 9f c1
        cmovb   %esi, %edi              # 0f 42 fe
        test    %edx, %edx              # 85 d2
        cmove   (%ebp), %edx            # 0f 44 55 00
        sete    %dl                     # 0f 94 c2
        ret                             # c3
