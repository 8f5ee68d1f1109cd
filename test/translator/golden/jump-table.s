# A switch of C: the targets that have been recorded become a hash and a dense switch.
# indirect targets: 10 14 18 1c 20 24 28
again:  movzbl  (%esi), %eax            # 0f b6 06
        inc     %esi                    # 46
        jmp     *0x1000080(,%eax,4)     # ff 24 85 80 00 00 01
        .org    0x10
        inc     %ecx                    # 41
        jmp     again                   # eb ed
        nop                             # 90
        inc     %edx                    # 42
        jmp     again                   # eb e9
        nop                             # 90
        dec     %ecx                    # 49
        jmp     again                   # eb e5
        nop                             # 90
        dec     %edx                    # 4a
        jmp     again                   # eb e1
        nop                             # 90
        inc     %ebx                    # 43
        jmp     again                   # eb dd
        nop                             # 90
        dec     %ebx                    # 4b
        jmp     again                   # eb d9
        nop                             # 90
        ret                             # c3
