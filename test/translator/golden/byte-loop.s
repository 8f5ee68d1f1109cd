# Products of digits: any byte may be zero, so their pages are asked for many turns at a time instead.
next:   movzbl  (%edx), %ecx            # 0f b6 0a
        movzbl  (%eax), %edi            # 0f b6 38
        inc     %eax                    # 40
        dec     %edx                    # 4a
        imul    %edi, %ecx              # 0f af cf
        add     %ecx, %ebx              # 01 cb
        cmp     %eax, %esi              # 39 c6
        jae     next                    # 73 ef
        ret                             # c3
