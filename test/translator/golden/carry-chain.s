# The carry goes from one round to the next through LEA and DEC, which leave it alone: a sum of long numbers.
        xor     %ebx, %ebx              # 31 db
again:  mov     (%esi), %eax            # 8b 06
        adc     (%edi), %eax            # 13 07
        mov     %eax, (%edi)            # 89 07
        lea     4(%esi), %esi           # 8d 76 04
        lea     4(%edi), %edi           # 8d 7f 04
        dec     %ecx                    # 49
        jne     again                   # 75 f1
        ret                             # c3
