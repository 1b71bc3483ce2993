#include "base/module.hpp"
#include "ports/tls_table.hpp"

#include <fairlead/local_tls.hpp>

namespace fairlead {

bool join_with_local_tls(int socket, int plain, int cancel_fd, const char* name) {
  static const auto* const table = static_cast<const TlsTable*>(
      load_module(tls_module_file, tls_table_symbol, tls_table_version));
  return table->join(socket, plain, cancel_fd, name);
}

}  // namespace fairlead
