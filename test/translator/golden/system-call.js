// c0: instruction at 1000005
// c1: semantic function INT
function block() {
  if ((R[23] = R[23] - 2 | 0) < 0) return null;
  let r0 = R[0];
  // 1000000 MOV
  r0 = 20;
  // 1000005 INT
  R[0] = r0; R[9] = 16777223; M.current = c0; c1(M, c0);
  return null;
}
