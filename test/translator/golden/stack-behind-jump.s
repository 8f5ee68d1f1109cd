# Behind a jump the pages of the stack count as tested that have been tested ahead of it. MUL ahead of an instruction that sets all flags leaves nobody's flags to be kept.
begin:  push    %ebp                    # 55
        push    %edi                    # 57
        push    %esi                    # 56
        sub     $28,%esp                # 83 ec 1c
        mov     %eax,8(%esp)            # 89 44 24 08
        test    %eax,%eax               # 85 c0
        je      out                     # 74 0a
        mov     0x2c(%esp),%eax         # 8b 44 24 2c
        mul     %edi                    # f7 e7
        add     %eax,12(%esp)           # 01 44 24 0c
out:    add     $28,%esp                # 83 c4 1c
        ret                             # c3
