# A polynomial in a loop. x87 registers are in locals as pairs of doubles, numbered from the stack top at the entry; sums and products
# stand inline, with calls for what is rare.
        fldl    (%edi)                  # dd 07
again:  fldl    (%esi)                  # dd 06
        fmul    %st(1), %st             # d8 c9
        faddl   8(%esi)                 # dc 46 08
        fxch    %st(1)                  # d9 c9
        fstp    %st(0)                  # dd d8
        add     $16, %esi               # 83 c6 10
        dec     %ecx                    # 49
        jne     again                   # 75 ef
        fstpl   (%edi)                  # dd 1f
        ret                             # c3
