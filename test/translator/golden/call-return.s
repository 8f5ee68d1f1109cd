# A call whose return belongs to the region is a call in JavaScript: the callee's function runs, and when EIP and ESP are as a return
# leaves them, the code goes on.
again:  push    %ecx                    # 51
        call    far_away                # e8 fa 07 00 00
        pop     %ecx                    # 59
        dec     %ecx                    # 49
        jne     again                   # 75 f6
        ret                             # c3
        .org    0x800
far_away:
        int3                            # cc
