# As it is run for training, before the constant `real` has its value (src/translator/training.ts).
# show: trained
again:  mov     (%esi), %eax            # 8b 06
        test    %eax, %eax              # 85 c0
        js      out                     # 78 0a
        mov     %eax, (%edi)            # 89 07
        call    far_away                # e8 f3 07 00 00
        dec     %ecx                    # 49
        jne     again                   # 75 f0
out:    ret                             # c3
        .org    0x800
far_away:
        int3                            # cc
