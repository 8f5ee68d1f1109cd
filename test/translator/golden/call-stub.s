# An entry of a procedure linkage table that nobody knows where it leads: its jump becomes a call that comes back behind that of the stub.
again:  call    stub                    # e8 04 00 00 00
        dec     %ecx                    # 49
        jne     again                   # 75 f8
        ret                             # c3
stub:   jmp     *12(%ebx)               # ff 63 0c
