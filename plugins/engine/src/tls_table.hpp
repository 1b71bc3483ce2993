#pragma once

#include <cstddef>
#include <cstdint>

/// What the TLS module offers, as plain C: it is opened at run time.
namespace fairlead::engine {

struct TlsOptions {
  const char* host;  ///< the name or address that the certificate has to be for
  const char* ca;    ///< files in PEM form; "" for none
  const char* cert;
  const char* key;
  bool verify;
};

/// Results of the operations that move bytes; anything above `ended` is a number of bytes.
enum TlsResult : long { tls_ended = 0, tls_wants_read = -1, tls_wants_write = -2, tls_failed = -3 };

struct TlsTable {
  std::uint32_t version;
  /// Null: it failed, `message` says why. The socket stays the caller's.
  void* (*open)(int socket, const TlsOptions* options, char* message, std::size_t message_size);
  long (*handshake)(void* self);  ///< tls_ended: done
  long (*read)(void* self, char* data, std::size_t size);
  long (*write)(void* self, const char* data, std::size_t size);
  int (*pending)(void* self);
  void (*close_write)(void* self);
  const char* (*message)(void* self);  ///< of the last tls_failed
  void (*close)(void* self);
};

inline constexpr std::uint32_t tls_table_version = 1;
inline constexpr auto tls_table_symbol = "fairlead_engine_tls";
inline constexpr auto tls_module_file = "fairlead-engine-tls.so";

}  // namespace fairlead::engine
