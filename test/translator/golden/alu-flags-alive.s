# LAHF and SETcc look at flags in the middle; INC keeps the carry of the ADD before it.
        add     %ebx, %eax              # 01 d8
        inc     %ecx                    # 41
        setc    %dl                     # 0f 92 c2
        add     $-1, %esi               # 83 c6 ff
        lahf                            # 9f
        ret                             # c3
