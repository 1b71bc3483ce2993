#pragma once

#include <fairlead/error.hpp>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// JSON-RPC 2.0 messages as plain structs. JSON crosses as text, so that few sources read it.
namespace fairlead::rpc {

/// The numbers of JSON-RPC, of language servers, and one of ours.
enum class ErrorCode : int {
  parse = -32700,
  invalid_request = -32600,
  unknown_method = -32601,
  invalid_params = -32602,
  internal = -32603,
  not_initialized = -32002,
  cancelled = -32800,
  failed = -32000,  ///< an operation ended with an Error: `data` has its stable code
};

/// A call, or without an id a notification.
struct Request {
  std::string id;  ///< JSON text of a number or a string; empty: a notification
  std::string method;
  std::string params = "{}";  ///< JSON text of an object
};

/// The other side's answer to a request of ours.
struct Reply {
  std::string id;      ///< JSON text
  std::string result;  ///< JSON text; empty when it failed
};

/// What is no message: to be answered with this.
struct Fault {
  std::string id = "null";
  ErrorCode code = ErrorCode::invalid_request;
  std::string message;
};

using Message = std::variant<Request, Reply, Fault>;

/// Reads one message; never throws for bad input.
Message read_message(std::string_view text);

std::string result_text(const std::string& id, const std::string& result);
std::string error_text(const std::string& id, ErrorCode code, std::string_view message);
/// With the error's code, status, place, notes and hint as `data`, an OperationError's description
/// and container too.
std::string error_text(const std::string& id, const Error& error);
std::string notification_text(std::string_view method, const std::string& params);
std::string request_text(const std::string& id, std::string_view method, const std::string& params);

bool is_json(std::string_view text);

/// A member of a JSON object given as text: its own text, or empty.
std::string member_text(std::string_view object, std::string_view name);
/// A string member's value, or empty; a number member's, or `otherwise`; a boolean member's.
std::string string_member(std::string_view object, std::string_view name);
int number_member(std::string_view object, std::string_view name, int otherwise);
bool flag_member(std::string_view object, std::string_view name);

/// The strings of an array given as text; nullopt for anything else.
std::optional<std::vector<std::string>> string_list(std::string_view array);

/// An object of strings given as text; nullopt for anything else.
std::optional<std::map<std::string, std::string>> string_map(std::string_view object);

}  // namespace fairlead::rpc
