#pragma once

#include <fcntl.h>
#include <stddef.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <cstdint>

#ifndef FAIRLEAD_FREESTANDING
#include <unistd.h>

#include <cerrno>
#endif

/// System calls without a C library: a result, or minus the error number. The relay has no library
/// (it runs in images that have none, and its 95 KiB are put there by copying); in the programs
/// that share its code the same names go through libc.
namespace fairlead::relay::sys {

#ifdef FAIRLEAD_FREESTANDING
inline long call(long number, long a = 0, long b = 0, long c = 0, long d = 0, long e = 0,
                 long f = 0) {
#if defined(__x86_64__)
  long result;
  register long r10 asm("r10") = d;
  register long r8 asm("r8") = e;
  register long r9 asm("r9") = f;
  asm volatile("syscall"
               : "=a"(result)
               : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
               : "rcx", "r11", "memory");
  return result;
#elif defined(__aarch64__)
  register long x8 asm("x8") = number;
  register long x0 asm("x0") = a;
  register long x1 asm("x1") = b;
  register long x2 asm("x2") = c;
  register long x3 asm("x3") = d;
  register long x4 asm("x4") = e;
  register long x5 asm("x5") = f;
  asm volatile("svc 0"
               : "+r"(x0)
               : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5)
               : "memory");
  return x0;
#else
#error "the relay is for x86-64 and AArch64"
#endif
}
#else
inline long call(long number, long a = 0, long b = 0, long c = 0, long d = 0, long e = 0,
                 long f = 0) {
  const long result = ::syscall(number, a, b, c, d, e, f);
  return result == -1 ? -errno : result;
}
#endif

inline long address(const void* pointer) { return reinterpret_cast<long>(pointer); }
inline long signed_of(std::size_t size) { return static_cast<long>(size); }

inline long read(int fd, char* to, std::size_t size) {
  return call(SYS_read, fd, address(to), signed_of(size));
}
inline long write(int fd, const char* from, std::size_t size) {
  return call(SYS_write, fd, address(from), signed_of(size));
}
/// For sockets: without SIGPIPE.
inline long send(int fd, const char* from, std::size_t size) {
  return call(SYS_sendto, fd, address(from), signed_of(size), MSG_NOSIGNAL);
}
/// Between a pipe and something else, without a copy; never waits.
inline long splice(int from, int to, std::size_t size) {
  constexpr long move_and_nonblock = 1 | 2;  // SPLICE_F_MOVE, SPLICE_F_NONBLOCK
  return call(SYS_splice, from, 0, to, 0, signed_of(size), move_and_nonblock);
}
/// How much could be read at once; 0 when that is not known.
inline std::size_t readable(int fd) {
  constexpr long how_much = 0x541B;  // FIONREAD
  int size = 0;
  return call(SYS_ioctl, fd, how_much, address(&size)) < 0 || size < 0
             ? 0
             : static_cast<std::size_t>(size);
}
#ifdef FAIRLEAD_FREESTANDING
inline long close(int fd) { return call(SYS_close, fd); }
#else
inline long close(int fd) { return ::close(fd); }  // so that a thread sanitizer sees it
#endif
inline int socket(int family, int type, int protocol = 0) {
  return static_cast<int>(call(SYS_socket, family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, protocol));
}
inline long connect(int fd, const void* to, std::size_t size) {
  return call(SYS_connect, fd, address(to), signed_of(size));
}
inline long bind(int fd, const void* to, std::size_t size) {
  return call(SYS_bind, fd, address(to), signed_of(size));
}
inline long listen(int fd, int count) { return call(SYS_listen, fd, count); }
inline int accept(int fd) {
  return static_cast<int>(call(SYS_accept4, fd, 0, 0, SOCK_CLOEXEC | SOCK_NONBLOCK));
}
inline long shutdown(int fd, int how) { return call(SYS_shutdown, fd, how); }
inline long set_option(int fd, int level, int name, const void* value, std::size_t size) {
  return call(SYS_setsockopt, fd, level, name, address(value), signed_of(size));
}
inline int socket_error(int fd) {
  int error = 0;
  socklen_t size = sizeof error;
  const long result =
      call(SYS_getsockopt, fd, SOL_SOCKET, SO_ERROR, address(&error), address(&size));
  return result < 0 ? static_cast<int>(-result) : error;
}
inline long set_flags(int fd, int flags) { return call(SYS_fcntl, fd, F_SETFL, flags); }
inline long flags(int fd) { return call(SYS_fcntl, fd, F_GETFL); }
inline int epoll_create() { return static_cast<int>(call(SYS_epoll_create1, EPOLL_CLOEXEC)); }
inline long epoll_ctl(int epoll, int what, int fd, epoll_event* event) {
  return call(SYS_epoll_ctl, epoll, what, fd, address(event));
}
inline long epoll_wait(int epoll, epoll_event* events, int count, int timeout_ms) {
  return call(SYS_epoll_pwait, epoll, address(events), count, timeout_ms, 0, 8);
}
inline int open(const char* path, int how) {
  return static_cast<int>(call(SYS_openat, AT_FDCWD, address(path), how | O_CLOEXEC, 0600));
}

}  // namespace fairlead::relay::sys
