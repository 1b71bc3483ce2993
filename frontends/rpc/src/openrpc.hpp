#pragma once

#include <string>

namespace fairlead::rpc {

/// The OpenRPC 1.3 description of every method, made from the table of commands and flags: JSON
/// text without a newline. `fairlead serve --describe` prints it, `rpc.discover` answers with it.
std::string openrpc_document();

/// The same as a page of Markdown, docs/json-rpc-methods.md.
std::string methods_page();

}  // namespace fairlead::rpc
