# Rotations, as in hash functions; the flags of a rotation by a constant are dead here.
        rol     $7, %eax                # c1 c0 07
        ror     $2, %ebx                # c1 cb 02
        xor     %ebx, %eax              # 31 d8
        rol     %cl, %edx               # d3 c2
        add     %edx, %eax              # 01 d0
        bswap   %eax                    # 0f c8
        ret                             # c3
