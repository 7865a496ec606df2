// For `bench/instructions --check`: a program whose number of instructions is known. It reads what
// to do from standard input, nine bytes each time: a letter and how often (64 bits, little-endian),
// does it, answers with one byte, and waits for the next.
//   l   a loop of exactly two instructions
//   s   getppid(): a system call that does next to nothing
//   c   clock_gettime(): what looks at the clock must not cost more of it than its instructions
//   m   REP MOVSB of 64 bytes, in a loop of six instructions with it: its steps count, and one more
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <cstdint>
#include <cstring>

namespace {

void Loop(uint64_t times) { asm volatile("1: dec %0\n jnz 1b" : "+r"(times) : : "cc"); }

void SystemCalls(uint64_t times) {
  for (; times != 0; --times) syscall(SYS_getppid);
}

void ClockReads(uint64_t times) {
  timespec now{};
  for (; times != 0; --times) clock_gettime(CLOCK_MONOTONIC, &now);
}

void Copies(uint64_t times) {
  char from[64] = {};
  char to[64];
  asm volatile("1: mov %1, %%rsi\n mov %2, %%rdi\n mov $64, %%ecx\n rep movsb\n dec %0\n jnz 1b"
               : "+&r"(times)
               : "r"(from), "r"(to)
               : "rsi", "rdi", "rcx", "cc", "memory");
}

void Do(char kind, uint64_t times) {
  if (kind == 'l') Loop(times);
  if (kind == 's') SystemCalls(times);
  if (kind == 'c') ClockReads(times);
  if (kind == 'm') Copies(times);
}

}  // namespace

int main() {
  char request[9];
  while (read(STDIN_FILENO, request, sizeof(request)) == sizeof(request)) {
    uint64_t times = 0;
    std::memcpy(&times, request + 1, sizeof(times));
    Do(request[0], times);
    if (write(STDOUT_FILENO, "", 1) != 1) return 1;
  }
}
