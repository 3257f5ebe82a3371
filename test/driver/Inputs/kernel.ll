define void @kernel(ptr %y.p, ptr %x.p, ptr %w.p) {
  %x = load <4 x float>, ptr %x.p, align 4
  %w = load <4 x float>, ptr %w.p, align 4
  %y = fadd <4 x float> %x, %w
  store <4 x float> %y, ptr %y.p, align 4
  ret void
}
