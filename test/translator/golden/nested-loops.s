# Two loops, one in the other: each counts down what is left of this stay, and the region can be entered at either of them.
outer:  mov     $100, %ecx              # b9 64 00 00 00
inner:  add     %ecx, %eax              # 01 c8
        dec     %ecx                    # 49
        jne     inner                   # 75 fb
        dec     %edx                    # 4a
        jne     outer                   # 75 f3
        ret                             # c3
