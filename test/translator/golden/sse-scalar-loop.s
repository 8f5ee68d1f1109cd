# A dot product: the lane of %xmm0 stays in a local over the rounds.
        pxor    %xmm0, %xmm0            # 66 0f ef c0
again:  movsd   (%esi,%ecx,8), %xmm1    # f2 0f 10 0c ce
        mulsd   (%edi,%ecx,8), %xmm1    # f2 0f 59 0c cf
        addsd   %xmm1, %xmm0            # f2 0f 58 c1
        dec     %ecx                    # 49
        jne     again                   # 75 ef
        ret                             # c3
