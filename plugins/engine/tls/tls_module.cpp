#include "tls_table.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <string>

/// OpenSSL behind a table of plain functions.
namespace {

using namespace fairlead::engine;

struct Session {
  std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context{nullptr, SSL_CTX_free};
  std::unique_ptr<SSL, void (*)(SSL*)> ssl{nullptr, SSL_free};
  std::string message;
};

std::string reason() {
  const auto code = ERR_get_error();
  ERR_clear_error();
  if (code == 0) return "the peer ended the connection";
  const char* text = ERR_reason_error_string(code);
  return text == nullptr ? "TLS error " + std::to_string(code) : text;
}

void fail_unless(bool good, const std::string& what) {
  if (!good) throw what + ": " + reason();
}

void load_files(SSL_CTX* context, const TlsOptions& options) {
  if (*options.ca != '\0') {
    fail_unless(SSL_CTX_load_verify_locations(context, options.ca, nullptr) == 1,
                std::string("the authority ") + options.ca);
  } else {
    SSL_CTX_set_default_verify_paths(context);
  }
  if (*options.cert == '\0') return;
  fail_unless(SSL_CTX_use_certificate_chain_file(context, options.cert) == 1,
              std::string("the certificate ") + options.cert);
  fail_unless(SSL_CTX_use_PrivateKey_file(context, options.key, SSL_FILETYPE_PEM) == 1,
              std::string("the key ") + options.key);
}

/// A certificate is for a name or for an address; they are checked differently.
void expect_host(SSL* ssl, const TlsOptions& options) {
  auto* parameters = SSL_get0_param(ssl);
  if (X509_VERIFY_PARAM_set1_ip_asc(parameters, options.host) == 1) return;
  ERR_clear_error();
  SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
           const_cast<char*>(options.host));  // what the macro does, without its C cast
  if (options.verify) fail_unless(SSL_set1_host(ssl, options.host) == 1, "the host's name");
}

std::unique_ptr<Session> make_session(int socket, const TlsOptions& options) {
  auto session = std::make_unique<Session>();
  session->context.reset(SSL_CTX_new(TLS_client_method()));
  auto* context = session->context.get();
  fail_unless(context != nullptr, "TLS");
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_verify(context, options.verify ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nullptr);
  load_files(context, options);
  session->ssl.reset(SSL_new(context));
  fail_unless(session->ssl != nullptr && SSL_set_fd(session->ssl.get(), socket) == 1, "TLS");
  expect_host(session->ssl.get(), options);
  SSL_set_connect_state(session->ssl.get());
  return session;
}

Session& from(void* self) { return *static_cast<Session*>(self); }

void* open_session(int socket, const TlsOptions* options, char* message, std::size_t size) {
  try {
    return make_session(socket, *options).release();
  } catch (const std::string& why) {
    const auto length = std::min(why.size(), size - 1);
    std::memcpy(message, why.data(), length);
    message[length] = '\0';
    return nullptr;
  }
}

long outcome(Session& session, int result) {
  switch (SSL_get_error(session.ssl.get(), result)) {
    case SSL_ERROR_WANT_READ:
      return tls_wants_read;
    case SSL_ERROR_WANT_WRITE:
      return tls_wants_write;
    case SSL_ERROR_ZERO_RETURN:
      return tls_ended;
    default:
      break;
  }
  const auto verified = SSL_get_verify_result(session.ssl.get());
  session.message = verified == X509_V_OK ? reason() : X509_verify_cert_error_string(verified);
  ERR_clear_error();
  return tls_failed;
}

long handshake(void* self) {
  const int result = SSL_do_handshake(from(self).ssl.get());
  return result == 1 ? tls_ended : outcome(from(self), result);
}

long read_bytes(void* self, char* data, std::size_t size) {
  std::size_t got = 0;
  const int result = SSL_read_ex(from(self).ssl.get(), data, size, &got);
  return result == 1 ? static_cast<long>(got) : outcome(from(self), result);
}

long write_bytes(void* self, const char* data, std::size_t size) {
  std::size_t sent = 0;
  const int result = SSL_write_ex(from(self).ssl.get(), data, size, &sent);
  return result == 1 ? static_cast<long>(sent) : outcome(from(self), result);
}

/// Not SSL_has_pending: half a record is nothing that can be read yet.
int pending(void* self) { return SSL_pending(from(self).ssl.get()) > 0 ? 1 : 0; }
void close_write(void* self) { SSL_shutdown(from(self).ssl.get()); }
const char* message(void* self) { return from(self).message.c_str(); }
void close_session(void* self) { delete &from(self); }

}  // namespace

extern "C" __attribute__((visibility("default"))) const TlsTable fairlead_engine_tls = {
    tls_table_version, open_session, handshake, read_bytes,   write_bytes,
    pending,           close_write,  message,   close_session};
