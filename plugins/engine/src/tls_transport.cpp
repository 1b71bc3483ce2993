#include "sink.hpp"
#include "tls_table.hpp"

#include <fairlead/engine/transport.hpp>
#include <fairlead/error.hpp>

#include <dlfcn.h>
#include <fcntl.h>
#include <poll.h>

#include <array>
#include <filesystem>
#include <string_view>

namespace fairlead::engine {
namespace {

namespace fs = std::filesystem;

Error tls_error(const std::string& why) {
  return Error(Status::unavailable, "engine.tls", "No TLS connection to the engine: " + why + ".",
               "DOCKER_CERT_PATH holds ca.pem, cert.pem and key.pem; DOCKER_TLS_VERIFY asks for "
               "the check.");
}

/// The module lies in ../engine beside the plugins' folder, or in lib/fairlead/engine for a program
/// that links this library.
fs::path module_path() {
  Dl_info here{};
  if (::dladdr(reinterpret_cast<const void*>(&tls_transport), &here) == 0) return {};
  std::error_code ignored;
  // A program that was found in PATH goes by its bare name here.
  const bool is_library = std::string_view(here.dli_fname).find(".so") != std::string_view::npos;
  const auto folder =
      fs::canonical(is_library ? here.dli_fname : "/proc/self/exe", ignored).parent_path();
  for (const auto* place : {"../engine", "../lib/fairlead/engine", "."}) {
    auto path = folder / place / tls_module_file;
    if (fs::exists(path, ignored)) return path;
  }
  throw tls_error("its module " + std::string(tls_module_file) + " is not installed");
}

/// Never unloaded, as plugins are.
const TlsTable& table() {
  static const TlsTable* const loaded = [] {
    void* library = ::dlopen(module_path().c_str(), RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) throw tls_error(::dlerror());
    const auto* found = static_cast<const TlsTable*>(::dlsym(library, tls_table_symbol));
    if (found == nullptr || found->version != tls_table_version) {
      throw tls_error("its module is of another version");
    }
    return found;
  }();
  return *loaded;
}

/// OpenSSL writes with write(2), so a peer that is gone would raise SIGPIPE wherever it may write.
class TlsTransport final : public Transport {
 public:
  TlsTransport(UniqueFd socket, const Endpoint& endpoint) : socket_(std::move(socket)) {
    const int flags = ::fcntl(socket_.get(), F_GETFL);
    ::fcntl(socket_.get(), F_SETFL, flags | O_NONBLOCK);
    const auto& files = endpoint.tls;
    const TlsOptions options{endpoint.host.c_str(), files.ca.c_str(), files.cert.c_str(),
                             files.key.c_str(), files.verify};
    std::array<char, 256> message{};
    self_ = table().open(socket_.get(), &options, message.data(), message.size());
    if (self_ == nullptr) throw tls_error(message.data());
  }
  ~TlsTransport() override { table().close(self_); }

  void handshake(const sdk::Call& call) {
    const NoSigpipe quiet;
    for (;;) {
      const long result = table().handshake(self_);
      if (result == tls_ended) return;
      if (result == tls_failed) throw tls_error(table().message(self_));
      wait_for(fd(), result == tls_wants_read ? POLLIN : POLLOUT, call);
    }
  }

  int fd() const noexcept override { return socket_.get(); }
  bool pending() const noexcept override { return table().pending(self_) != 0; }
  void close_write() override {
    const NoSigpipe quiet;
    table().close_write(self_);
  }

  ssize_t try_read(char* data, std::size_t size) override {
    const NoSigpipe quiet;
    const long result = table().read(self_, data, size);
    if (result == tls_wants_write) wait_writable();
    return checked(result);
  }

  ssize_t try_write(const char* data, std::size_t size) override {
    const NoSigpipe quiet;
    return checked(table().write(self_, data, size));
  }

 private:
  ssize_t checked(long result) {
    if (result == tls_failed) throw_gone(table().message(self_));
    return result < 0 ? -1 : result;
  }

  /// A key update while reading wants to write: rare, and soon over.
  void wait_writable() {
    pollfd watched{fd(), POLLOUT, 0};
    ::poll(&watched, 1, 1000);
  }

  UniqueFd socket_;
  void* self_ = nullptr;
};

}  // namespace

std::unique_ptr<Transport> tls_transport(UniqueFd socket, const Endpoint& endpoint,
                                         const sdk::Call& call) {
  auto transport = std::make_unique<TlsTransport>(std::move(socket), endpoint);
  transport->handshake(call);
  return transport;
}

}  // namespace fairlead::engine
