; Entries as the compiler writes them: main gives tanh of each number and four
; bytes of the weights, half the first number.

%buffer = type { ptr, [16 x i64] }

@niello_weights = external hidden constant [0 x i8]

declare ptr @niello_rt_arena(ptr, i64)
declare float @tanhf(float)

; The bytes 0, 1, n - 2 and n - 1, of which the last is far from the code.
define internal void @ends(ptr %to, i64 %size) {
  %first = load i16, ptr @niello_weights, align 1
  store i16 %first, ptr %to, align 1
  %at = sub i64 %size, 2
  %from = getelementptr i8, ptr @niello_weights, i64 %at
  %last = load i16, ptr %from, align 1
  %rest = getelementptr i8, ptr %to, i64 2
  store i16 %last, ptr %rest, align 1
  ret void
}

define void @niello_entry_0(ptr %ctx, ptr %inputs, ptr %outputs) {
entry:
  %data = load ptr, ptr %inputs
  %dim = getelementptr %buffer, ptr %inputs, i64 0, i32 1, i64 0
  %n = load i64, ptr %dim
  %bytes = mul i64 %n, 4
  %all = add i64 %bytes, 64
  %memory = call ptr @niello_rt_arena(ptr %ctx, i64 %all)
  %numbers = getelementptr i8, ptr %memory, i64 64
  store ptr %numbers, ptr %outputs
  %outdim = getelementptr %buffer, ptr %outputs, i64 0, i32 1, i64 0
  store i64 %n, ptr %outdim
  %second = getelementptr %buffer, ptr %outputs, i64 1
  store ptr %memory, ptr %second
  %four = getelementptr %buffer, ptr %second, i64 0, i32 1, i64 0
  store i64 4, ptr %four
  br label %loop
loop:
  %i = phi i64 [ 0, %entry ], [ %next, %loop ]
  %from = getelementptr float, ptr %data, i64 %i
  %x = load float, ptr %from
  %y = call float @tanhf(float %x)
  %to = getelementptr float, ptr %numbers, i64 %i
  store float %y, ptr %to
  %next = add i64 %i, 1
  %more = icmp slt i64 %next, %n
  br i1 %more, label %loop, label %done
done:
  %size = load i64, ptr getelementptr (i8, ptr @niello_descriptor, i64 72)
  %any = icmp sgt i64 %size, 1
  br i1 %any, label %weights, label %end
weights:
  call void @ends(ptr %memory, i64 %size)
  ret void
end:
  store i32 0, ptr %memory
  ret void
}

@niello_descriptor = external hidden constant [96 x i8]

define void @niello_entry_1(ptr %ctx, ptr %inputs, ptr %outputs) {
  %data = load ptr, ptr %inputs
  %half = load half, ptr %data
  %wide = fpext half %half to float
  %memory = call ptr @niello_rt_arena(ptr %ctx, i64 4)
  store float %wide, ptr %memory
  store ptr %memory, ptr %outputs
  ret void
}
