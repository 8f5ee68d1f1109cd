# Sums and differences of 64 bits as compilers write them.
        add     8(%esi), %eax           # 03 46 08
        adc     12(%esi), %edx          # 13 56 0c
        sub     %ebx, %eax              # 29 d8
        sbb     %ecx, %edx              # 19 ca
        mov     %eax, (%edi)            # 89 07
        mov     %edx, 4(%edi)           # 89 57 04
        ret                             # c3
