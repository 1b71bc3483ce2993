#include "message.hpp"

#include "json_text.hpp"

#include <fairlead/engine.hpp>

#include <nlohmann/json.hpp>

namespace fairlead::rpc {
namespace {

using Json = nlohmann::json;
using cli::json_string;

Json parsed(std::string_view text) {
  return Json::parse(text.begin(), text.end(), nullptr, /*allow_exceptions=*/false);
}

/// Bytes that are no UTF-8 become U+FFFD: what we send always parses.
std::string dumped(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

/// What is deeper would be written by too deep a recursion.
bool is_too_deep(std::string_view text) {
  constexpr int most = 500;
  int depth = 0;
  bool quoted = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char letter = text[at];
    if (quoted && letter == '\\') {
      ++at;
    } else if (letter == '"') {
      quoted = !quoted;
    } else if (!quoted && (letter == '[' || letter == '{')) {
      if (++depth > most) return true;
    } else if (!quoted && (letter == ']' || letter == '}')) {
      --depth;
    }
  }
  return false;
}

Message read_request(const Json& json, std::string id) {
  if (!json["method"].is_string()) {
    return Fault{.id = id.empty() ? "null" : id, .message = "'method' is not a string."};
  }
  Request request{.id = std::move(id), .method = json["method"].get<std::string>()};
  const auto params = json.find("params");
  if (params == json.end() || params->is_null()) return request;
  if (!params->is_object()) {
    return Fault{.id = request.id.empty() ? "null" : request.id,
                 .code = ErrorCode::invalid_params,
                 .message = "'params' is not an object: all parameters have names."};
  }
  request.params = dumped(*params);
  return request;
}

std::string head(const std::string& id) { return R"({"jsonrpc":"2.0","id":)" + id; }

std::string number(ErrorCode code) { return std::to_string(static_cast<int>(code)); }

void append(std::string& json, std::string_view name, const std::string& value) {
  if (!value.empty()) json += ",\"" + std::string(name) + "\":" + json_string(value);
}

std::string place(const SourceLocation& where) {
  std::string json;
  append(json, "file", where.file);
  if (where.line > 0) json += ",\"line\":" + std::to_string(where.line);
  if (where.column > 0) json += ",\"column\":" + std::to_string(where.column);
  append(json, "text", where.text);
  return json;
}

std::string data_of(const Error& error) {
  std::string json = R"({"code":)" + json_string(error.code()) + R"(,"status":)" +
                     json_string(to_string(error.status()));
  append(json, "hint", error.hint());
  json += place(error.where());
  if (!error.notes().empty()) json += R"(,"notes":)" + cli::json_array(error.notes());
  if (const auto* failure = dynamic_cast<const OperationError*>(&error)) {
    append(json, "description", failure->description());
    append(json, "containerId", failure->container_id());
  }
  return json + '}';
}

}  // namespace

Message read_message(std::string_view text) {
  if (is_too_deep(text)) {
    return Fault{.code = ErrorCode::parse, .message = "Values stand too deep in each other."};
  }
  const auto json = parsed(text);
  if (json.is_discarded()) return Fault{.code = ErrorCode::parse, .message = "This is no JSON."};
  if (!json.is_object()) {
    return Fault{.message = json.is_array() ? "Batches are not supported: send each message alone."
                                            : "A message is an object."};
  }
  const auto id = json.find("id");
  const bool has_id = id != json.end();
  if (has_id && !id->is_string() && !id->is_number_integer() && !id->is_null()) {
    return Fault{.message = "'id' is neither a string nor a whole number."};
  }
  auto id_text = has_id && !id->is_null() ? dumped(*id) : std::string();
  const auto version = json.find("jsonrpc");
  if (version == json.end() || *version != "2.0") {
    // An id without a method is of an answer: whoever gave it asked nothing.
    const bool asks = json.contains("method") && !id_text.empty();
    return Fault{.id = asks ? id_text : "null", .message = "'jsonrpc' is not \"2.0\"."};
  }
  if (json.contains("method")) return read_request(json, std::move(id_text));
  if (id_text.empty()) return Fault{.message = "There is neither a method nor an id."};
  const auto result = json.find("result");
  return Reply{.id = std::move(id_text),
               .result = result == json.end() ? std::string() : dumped(*result)};
}

std::string result_text(const std::string& id, const std::string& result) {
  return head(id) + R"(,"result":)" + result + '}';
}

std::string error_text(const std::string& id, ErrorCode code, std::string_view message) {
  return head(id) + R"(,"error":{"code":)" + number(code) + R"(,"message":)" +
         json_string(message) + "}}";
}

std::string error_text(const std::string& id, const Error& error) {
  const auto code = error.status() == Status::cancelled ? ErrorCode::cancelled : ErrorCode::failed;
  return head(id) + R"(,"error":{"code":)" + number(code) + R"(,"message":)" +
         json_string(error.message()) + R"(,"data":)" + data_of(error) + "}}";
}

std::string notification_text(std::string_view method, const std::string& params) {
  return R"({"jsonrpc":"2.0","method":)" + json_string(method) + R"(,"params":)" + params + '}';
}

std::string request_text(const std::string& id, std::string_view method,
                         const std::string& params) {
  return head(id) + R"(,"method":)" + json_string(method) + R"(,"params":)" + params + '}';
}

bool is_json(std::string_view text) { return Json::accept(text.begin(), text.end()); }

std::string member_text(std::string_view object, std::string_view name) {
  const auto json = parsed(object);
  if (!json.is_object()) return {};
  const auto member = json.find(name);
  return member == json.end() ? std::string() : dumped(*member);
}

std::string string_member(std::string_view object, std::string_view name) {
  const auto json = parsed(object);
  if (!json.is_object()) return {};
  const auto member = json.find(name);
  return member == json.end() || !member->is_string() ? std::string() : member->get<std::string>();
}

int number_member(std::string_view object, std::string_view name, int otherwise) {
  const auto json = parsed(object);
  if (!json.is_object()) return otherwise;
  const auto member = json.find(name);
  return member == json.end() || !member->is_number_integer() ? otherwise : member->get<int>();
}

bool flag_member(std::string_view object, std::string_view name) {
  const auto json = parsed(object);
  return json.is_object() && json.contains(name) && json[std::string(name)] == true;
}

std::optional<std::vector<std::string>> string_list(std::string_view array) {
  const auto json = parsed(array);
  if (!json.is_array()) return std::nullopt;
  std::vector<std::string> list;
  for (const auto& item : json) {
    if (!item.is_string()) return std::nullopt;
    list.push_back(item.get<std::string>());
  }
  return list;
}

std::optional<std::map<std::string, std::string>> string_map(std::string_view object) {
  const auto json = parsed(object);
  if (!json.is_object()) return std::nullopt;
  std::map<std::string, std::string> map;
  for (const auto& [name, value] : json.items()) {
    if (!value.is_string()) return std::nullopt;
    map[name] = value.get<std::string>();
  }
  return map;
}

}  // namespace fairlead::rpc
