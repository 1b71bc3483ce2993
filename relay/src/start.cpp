#include "relay_program.hpp"

#include <fairlead/relay/sys.hpp>

#include <cstddef>
#include <new>

/// What a C library would bring: the start, memory, and the four functions that compilers call by
/// themselves. Only in the program that is put into instances.
namespace {

using namespace fairlead::relay;

constexpr std::size_t header_bytes = 16;
constexpr std::size_t least_shift = 6;
constexpr std::size_t classes = 14;  ///< blocks of 64 bytes to 512 KiB
constexpr std::size_t chunk_bytes = std::size_t{1} << 20U;

struct Block {
  Block* next;
};
Block* free_blocks[classes];
char* chunk;
std::size_t chunk_left;

[[noreturn]] void give_up() {
  for (;;) sys::call(SYS_exit_group, 70);
}

char* map(std::size_t size) {
  const long at = sys::call(SYS_mmap, 0, sys::signed_of(size), PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (at < 0 && at > -4096) give_up();
  return reinterpret_cast<char*>(at);
}

std::size_t class_of(std::size_t size) {
  std::size_t index = 0;
  while ((std::size_t{1} << (index + least_shift)) < size) ++index;
  return index;
}

/// In front of each block stands its class, or its size when it has been mapped by itself.
void* allocate(std::size_t wanted) {
  const auto size = wanted + header_bytes;
  const auto index = class_of(size);
  char* block = nullptr;
  if (index >= classes) {
    block = map(size);
    *reinterpret_cast<std::size_t*>(block) = size;
    return block + header_bytes;
  }
  if (free_blocks[index] != nullptr) {
    block = reinterpret_cast<char*>(free_blocks[index]) - header_bytes;
    free_blocks[index] = free_blocks[index]->next;
    return block + header_bytes;
  }
  const auto rounded = std::size_t{1} << (index + least_shift);
  if (chunk_left < rounded) {
    chunk = map(chunk_bytes);
    chunk_left = chunk_bytes;
  }
  block = chunk;
  chunk += rounded;
  chunk_left -= rounded;
  *reinterpret_cast<std::size_t*>(block) = index;
  return block + header_bytes;
}

void release(void* pointer) {
  if (pointer == nullptr) return;
  char* block = static_cast<char*>(pointer) - header_bytes;
  const auto mark = *reinterpret_cast<std::size_t*>(block);
  if (mark >= classes) {
    sys::call(SYS_munmap, sys::address(block), sys::signed_of(mark));
    return;
  }
  auto* entry = static_cast<Block*>(pointer);
  entry->next = free_blocks[mark];
  free_blocks[mark] = entry;
}

}  // namespace

void* operator new(std::size_t size) { return allocate(size); }
void* operator new[](std::size_t size) { return allocate(size); }
void operator delete(void* pointer) noexcept { release(pointer); }
void operator delete[](void* pointer) noexcept { release(pointer); }
void operator delete(void* pointer, std::size_t) noexcept { release(pointer); }
void operator delete[](void* pointer, std::size_t) noexcept { release(pointer); }

namespace std {
[[noreturn]] void __throw_length_error(const char*) { give_up(); }
[[noreturn]] void __throw_out_of_range_fmt(const char*, ...) { give_up(); }
[[noreturn]] void __throw_bad_array_new_length() { give_up(); }
[[noreturn]] void __throw_bad_alloc() { give_up(); }
}  // namespace std

extern "C" {

[[noreturn]] void __cxa_pure_virtual() { give_up(); }
[[noreturn]] void __cxa_throw_bad_array_new_length() { give_up(); }
int __cxa_atexit(void (*)(void*), void*, void*) { return 0; }
void* __dso_handle = nullptr;

#if defined(__x86_64__)
void* memcpy(void* to, const void* from, std::size_t size) {
  void* const result = to;
  asm volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(size) : : "memory");
  return result;
}
void* memset(void* to, int value, std::size_t size) {
  void* const result = to;
  asm volatile("rep stosb" : "+D"(to), "+c"(size) : "a"(value) : "memory");
  return result;
}
#else
void* memcpy(void* to, const void* from, std::size_t size) {
  auto* target = static_cast<char*>(to);
  const auto* source = static_cast<const char*>(from);
  for (; size >= 16; size -= 16, target += 16, source += 16) {
    unsigned long low = 0;
    unsigned long high = 0;
    asm volatile("ldp %0, %1, [%2]" : "=&r"(low), "=&r"(high) : "r"(source) : "memory");
    asm volatile("stp %0, %1, [%2]" : : "r"(low), "r"(high), "r"(target) : "memory");
  }
  for (; size > 0; --size) *target++ = *source++;
  return to;
}
void* memset(void* to, int value, std::size_t size) {
  auto* target = static_cast<char*>(to);
  for (; size > 0; --size) *target++ = static_cast<char>(value);
  return to;
}
#endif

void* memmove(void* to, const void* from, std::size_t size) {
  auto* target = static_cast<char*>(to);
  const auto* source = static_cast<const char*>(from);
  if (target <= source || target >= source + size) return memcpy(to, from, size);
  while (size > 0) {
    --size;
    target[size] = source[size];
  }
  return to;
}

int memcmp(const void* left, const void* right, std::size_t size) {
  const auto* a = static_cast<const unsigned char*>(left);
  const auto* b = static_cast<const unsigned char*>(right);
  for (std::size_t i = 0; i < size; ++i) {
    if (a[i] != b[i]) return a[i] < b[i] ? -1 : 1;
  }
  return 0;
}

const void* memchr(const void* in, int value, std::size_t size) {
  const auto* bytes = static_cast<const unsigned char*>(in);
  for (std::size_t i = 0; i < size; ++i) {
    if (bytes[i] == static_cast<unsigned char>(value)) return bytes + i;
  }
  return nullptr;
}

std::size_t strlen(const char* text) {
  std::size_t size = 0;
  while (text[size] != 0) ++size;
  return size;
}

[[noreturn, gnu::used]] void relay_start(long* stack) {
  const int count = static_cast<int>(*stack);
  auto** arguments = reinterpret_cast<char**>(stack + 1);
  const int status = relay_program(count, arguments, arguments + count + 1);
  for (;;) sys::call(SYS_exit_group, status);
}

#if defined(__x86_64__)
asm(".globl _start\n_start:\n  xor %ebp, %ebp\n  mov %rsp, %rdi\n  and $-16, %rsp\n  call "
    "relay_start\n");
#else
asm(".globl _start\n_start:\n  mov x29, #0\n  mov x0, sp\n  and sp, x0, #-16\n  bl relay_start\n");
#endif
}
