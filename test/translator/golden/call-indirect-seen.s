# A call through a pointer that has led to a small function: a copy of that, if the address is its; else as ever.
# indirect targets: 08
again:  call    *(%esi)                 # ff 16
        add     $4, %esi                # 83 c6 04
        dec     %ecx                    # 49
        jne     again                   # 75 f8
        .org 0x08
twice:  add     %eax, %eax              # 01 c0
        ret                             # c3
