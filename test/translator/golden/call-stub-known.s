# An entry of a procedure linkage table that has led to a function which is too large to be copied, since it jumps anywhere: a call to that, by a link. The code is left where it no longer does.
# indirect targets: 10
again:  call    stub                    # e8 04 00 00 00
        dec     %ecx                    # 49
        jne     again                   # 75 f8
        ret                             # c3
stub:   jmp     *12(%ebx)               # ff 63 0c
        .org 0x10
large:  jmp     *%eax                   # ff e0
