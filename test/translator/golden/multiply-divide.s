# Products and quotients of 64 bits are made of halves; a division that cannot be done leaves for the interpreter, which raises the fault.
        imul    $10, %esi, %edi         # 6b fe 0a
        mull    %ebx                    # f7 e3
        mov     %eax, %ebp              # 89 c5
        xor     %edx, %edx              # 31 d2
        divl    %ecx                    # f7 f1
        cltd                            # 99
        idivl   %ecx                    # f7 f9
        ret                             # c3
