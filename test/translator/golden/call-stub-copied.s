# An entry of a procedure linkage table that has led to a small function: both are copied, and the address is compared.
# indirect targets: 10
again:  call    stub                    # e8 04 00 00 00
        dec     %ecx                    # 49
        jne     again                   # 75 f8
        ret                             # c3
stub:   endbr32                         # f3 0f 1e fb
        jmp     *12(%ebx)               # ff 63 0c
        .org 0x10
twice:  add     %eax, %eax              # 01 c0
        ret                             # c3
