# Shifts of 64 bits: by a constant, and by CL with the test of bit 5.
        shld    $3, %eax, %edx          # 0f a4 c2 03
        shl     $3, %eax                # c1 e0 03
        shrd    %cl, %edx, %eax         # 0f ad d0
        shr     %cl, %edx               # d3 ea
        test    $32, %cl                # f6 c1 20
        je      out                     # 74 04
        mov     %edx, %eax              # 89 d0
        xor     %edx, %edx              # 31 d2
out:    ret                             # c3
