# Packed singles and packed integers, lane by lane; and as vectors.
# show: vectors
        movups  (%esi), %xmm0           # 0f 10 06
        mulps   %xmm1, %xmm0            # 0f 59 c1
        movdqu  (%edi), %xmm2           # f3 0f 6f 17
        paddd   %xmm3, %xmm2            # 66 0f fe d3
        pshufd  $0x1b, %xmm2, %xmm4     # 66 0f 70 e2 1b
        movups  %xmm0, (%esi)           # 0f 11 06
        movdqa  %xmm4, (%edi)           # 66 0f 7f 27
        ret                             # c3
