# Operands of 8 and 16 bits: parts of registers are masked in and out, flags are those of the narrow result.
        addb    %bl, %ah                # 00 dc
        addw    $0x1234, %cx            # 66 81 c1 34 12
        cmpb    $10, %dl                # 80 fa 0a
        jb      out                     # 72 0a
        sarw    $3, %si                 # 66 c1 fe 03
        movsbl  %ah, %eax               # 0f be c4
        movzwl  %cx, %ecx               # 0f b7 c9
out:    ret                             # c3
