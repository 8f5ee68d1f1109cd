# A small callee is copied into the region; its RET still compares the address that it takes from the stack.
again:  call    twice                   # e8 04 00 00 00
        dec     %ecx                    # 49
        jne     again                   # 75 f8
        ret                             # c3
twice:  add     %eax, %eax              # 01 c0
        ret                             # c3
