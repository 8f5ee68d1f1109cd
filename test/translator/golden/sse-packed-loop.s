# A loop on packed integers and singles, as vectors: they travel in locals.
# show: vectors
        pxor    %xmm7, %xmm7            # 66 0f ef ff
        movaps  (%edi), %xmm6           # 0f 28 37
again:  movdqa  (%esi), %xmm0           # 66 0f 6f 06
        movdqa  %xmm0, %xmm1            # 66 0f 6f c8
        punpcklbw %xmm7, %xmm0          # 66 0f 60 c7
        punpckhbw %xmm7, %xmm1          # 66 0f 68 cf
        paddw   %xmm1, %xmm0            # 66 0f fd c1
        paddd   %xmm0, %xmm5            # 66 0f fe e8
        movaps  16(%esi), %xmm2         # 0f 28 56 10
        mulps   %xmm6, %xmm2            # 0f 59 d6
        maxps   %xmm4, %xmm2            # 0f 5f d4
        movaps  %xmm2, 16(%esi)         # 0f 29 56 10
        add     $32, %esi               # 83 c6 20
        dec     %ecx                    # 49
        jne     again                   # 75 d4
        ret                             # c3
