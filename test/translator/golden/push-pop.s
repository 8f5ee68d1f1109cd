# What stands at the ends of functions. All accesses to the stack share tests.
        push    %ebp                    # 55
        mov     %esp, %ebp              # 89 e5
        push    %ebx                    # 53
        sub     $8, %esp                # 83 ec 08
        mov     8(%ebp), %ebx           # 8b 5d 08
        mov     %ebx, (%esp)            # 89 1c 24
        push    $1                      # 6a 01
        pop     %eax                    # 58
        mov     -4(%ebp), %ebx          # 8b 5d fc
        leave                           # c9
        ret     $4                      # c2 04 00
