#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

/// What the HTTP module offers, as plain C: it is opened at run time. One call is one request and
/// one answer; following redirects, trying again and authentication are the caller's.
namespace fairlead {

struct HttpCall {
  const char* method;
  const char* url;
  const char* const* headers;  ///< "name: value"
  std::size_t header_count;
  const char* body;  ///< null: none
  std::size_t body_size;
  const char* proxy;               ///< "" for none
  const char* const* authorities;  ///< PEM files with certificates to trust
  std::size_t authority_count;
  bool system_authorities;  ///< trust also what the system's TLS library does
  const char* certificate;  ///< PEM files to present; "" for none
  const char* key;
  long connect_ms;
  long stall_ms;
  long total_ms;
  const std::atomic<bool>* stop;  ///< set by another thread, which then calls `wake`
};

/// Gets the answer on the calling thread. False from one ends the call with http_stopped.
struct HttpSink {
  void* context;
  bool (*header)(void* context, const char* line, std::size_t size);  ///< a status line too
  bool (*body)(void* context, const char* data, std::size_t size);
};

enum HttpResult : int {
  http_done = 0,
  http_stopped = 1,
  http_no_connection = 2,  ///< name, connection or proxy
  http_tls = 3,            ///< the certificate
  http_timeout = 4,
  http_cut = 5,  ///< the answer broke off
  http_failed = 6,
  http_no_tls = 7,  ///< the other side does not speak it
};

struct HttpTable {
  std::uint32_t version;
  /// A connection cache with room for one call at a time. Null: no memory.
  void* (*open)();
  int (*perform)(void* self, const HttpCall* call, const HttpSink* sink, char* message,
                 std::size_t message_size);
  void (*wake)(void* self);  ///< from any thread
  void (*close)(void* self);
};

inline constexpr std::uint32_t http_table_version = 1;
inline constexpr auto http_table_symbol = "fairlead_http";
inline constexpr auto http_module_file = "fairlead-http.so";

}  // namespace fairlead
