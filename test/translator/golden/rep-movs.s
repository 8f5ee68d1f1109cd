# REP MOVS and REP STOS go by the page, in a function of the runtime.
        rep movsl                       # f3 a5
        mov     %edx, %ecx              # 89 d1
        rep stosb                       # f3 aa
        movsb                           # a4
        ret                             # c3
