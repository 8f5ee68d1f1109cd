# A block that jumps to its own start is a loop already in the block tier.
again:  movb    (%esi), %al             # 8a 06
        movb    %al, (%edi)             # 88 07
        inc     %esi                    # 46
        inc     %edi                    # 47
        dec     %ecx                    # 49
        jne     again                   # 75 f7
        ret                             # c3
