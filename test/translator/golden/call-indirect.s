# A call through a pointer looks its target up in the table of translations.
again:  call    *(%esi)                 # ff 16
        add     $4, %esi                # 83 c6 04
        dec     %ecx                    # 49
        jne     again                   # 75 f8
        ret                             # c3
