# Few recorded targets: comparisons one after another. Others leave by the table of translations.
# indirect targets: 4 7
again:  jmp     *%eax                   # ff e0
        nop                             # 90
        nop                             # 90
        inc     %ecx                    # 41
        jmp     *%ebx                   # ff e3
        dec     %ecx                    # 49
        jmp     again                   # eb f6
