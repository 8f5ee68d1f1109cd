# Accesses off one base share the test of the first and last page, also when the base moves by a constant.
        mov     (%esi), %eax            # 8b 06
        mov     4(%esi), %ebx           # 8b 5e 04
        mov     %eax, 8(%esi)           # 89 46 08
        mov     %ebx, 12(%esi)          # 89 5e 0c
        add     $16, %esi               # 83 c6 10
        mov     (%esi), %ecx            # 8b 0e
        mov     %ecx, 4(%esi)           # 89 4e 04
        ret                             # c3
