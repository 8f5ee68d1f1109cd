# LODS, STOS and LOOP one element at a time; DF is asked each time.
again:  lodsb                           # ac
        xor     $0x20, %al              # 34 20
        stosb                           # aa
        loop    again                   # e2 fa
        ret                             # c3
