# Between integers and doubles, and a comparison that sets flags.
        cvtsi2sd %eax, %xmm0            # f2 0f 2a c0
        ucomisd %xmm1, %xmm0            # 66 0f 2e c1
        jae     out                     # 73 08
        cvttsd2si %xmm0, %ecx           # f2 0f 2c c8
        movd    %ecx, %xmm2             # 66 0f 6e d1
out:    ret                             # c3
