# A list and a string: what has just been loaded is asked whether it is zero, by the load and by the program.
next:   mov     (%eax), %eax            # 8b 00
        test    %eax, %eax              # 85 c0
        je      out                     # 74 0d
        movzbl  (%esi), %ecx            # 0f b6 0e
        test    %cl, %cl                # 84 c9
        je      next                    # 74 f3
        cmpl    $0, 4(%eax)             # 83 78 04 00
        jne     next                    # 75 ed
out:    ret                             # c3
