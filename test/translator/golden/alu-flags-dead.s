# The flags of the first three are overwritten before anyone looks: nothing is computed for them.
# Those of the last live on behind the block, as a tuple.
        add     %ebx, %eax              # 01 d8
        xor     $0x55, %eax             # 83 f0 55
        sub     %ecx, %eax              # 29 c8
        and     $0xff, %eax             # 25 ff 00 00 00
        ret                             # c3
