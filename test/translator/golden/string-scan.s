# REPNE SCASB, as old strlen() functions have it, and REPE CMPSB.
        xor     %eax, %eax              # 31 c0
        mov     $-1, %ecx               # b9 ff ff ff ff
        repne scasb                     # f2 ae
        not     %ecx                    # f7 d1
        repe cmpsb                      # f3 a6
        sete    %al                     # 0f 94 c0
        ret                             # c3
