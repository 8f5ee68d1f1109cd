# Scalar doubles: lanes are JavaScript doubles by name, and whether all results are finite is asked once.
        movsd   (%esi), %xmm0           # f2 0f 10 06
        mulsd   8(%esi), %xmm0          # f2 0f 59 46 08
        addsd   %xmm1, %xmm0            # f2 0f 58 c1
        sqrtsd  %xmm0, %xmm2            # f2 0f 51 d0
        movsd   %xmm2, (%edi)           # f2 0f 11 17
        ret                             # c3
