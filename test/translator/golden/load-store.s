# A load tests its value for zero, a store the page before it; one byte needs no test for the end of the page.
        mov     (%esi), %eax            # 8b 06
        movzbl  (%esi,%ecx), %edx       # 0f b6 14 0e
        mov     %eax, (%edi,%ecx,4)     # 89 04 8f
        movb    %dl, (%ebx)             # 88 13
        movw    %dx, 0x2000000          # 66 89 15 00 00 00 02
        ret                             # c3
