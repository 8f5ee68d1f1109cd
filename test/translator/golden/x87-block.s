# In a block that does not loop, x87 instructions are calls of the x87's own methods.
        flds    (%esi)                  # d9 06
        fmuls   4(%esi)                 # d8 4e 04
        fnstcw  (%edi)                  # d9 3f
        fistpl  4(%edi)                 # db 5f 04
        ret                             # c3
