#include "openrpc.hpp"

#include "json_text.hpp"
#include "methods.hpp"
#include "native.hpp"
#include "version.hpp"

#include <algorithm>
#include <array>

namespace fairlead::rpc {
namespace {

using cli::Command;
using cli::CommandId;
using cli::Flag;
using cli::FlagType;
using cli::json_string;

/// A parameter as the document shows it.
struct Parameter {
  std::string name;
  std::string description;
  std::string schema;  ///< JSON text
  bool required = false;
};

/// What the connection itself answers: not a row of the table of commands.
struct OwnMethod {
  std::string_view name;
  std::string_view purpose;
  std::string_view parameters;  ///< JSON text: the schema's properties
  std::string_view result;      ///< JSON text: a schema
};

constexpr std::array own_methods = {
    OwnMethod{"initialize", "The first request: who the client is, and what it can do.",
              R"({"protocolVersion":{"type":"integer"},"client":{"type":"object"},)"
              R"("workingDirectory":{"type":"string"},"environment":{"type":"object"},)"
              R"("log":{"enum":["off","error","info","debug","trace"]},)"
              R"("answersQuestions":{"type":["boolean","array"]},)"
              R"("questionTimeout":{"type":"integer"},)"
              R"("onDisconnect":{"enum":["cancel","continue"]}})",
              R"({"type":"object"})"},
    OwnMethod{"shutdown", "No request follows but the notification 'exit'.", "{}",
              R"({"type":"null"})"},
    OwnMethod{"rpc.discover", "This document.", "{}", R"({"type":"object"})"},
    OwnMethod{"stream/write", "Bytes for the stdin of a request that runs a command.",
              R"({"request":{},"data":{"type":"string","contentEncoding":"base64"},)"
              R"("end":{"type":"boolean"}})",
              R"({"type":"null"})"},
    OwnMethod{"stream/resize", "The new size of its terminal.",
              R"({"request":{},"rows":{"type":"integer"},"columns":{"type":"integer"}})",
              R"({"type":"null"})"},
    OwnMethod{"events/subscribe",
              "Notifications 'event' from now on: what happens to environments, "
              "ports, and the configurations of folders.",
              R"({"workspaceFolders":{"type":"array","items":{"type":"string"}},)"
              R"("environments":{"type":"boolean"},"ports":{"type":"boolean"}})",
              R"({"type":"object","properties":{"subscription":{"type":"integer"}}})"},
    OwnMethod{"events/unsubscribe", "No more of them.", R"({"subscription":{"type":"integer"}})",
              R"({"type":"null"})"},
    OwnMethod{"stream/signal", "A signal for it, such as INT.",
              R"({"request":{},"signal":{"type":"string"}})", R"({"type":"null"})"},
};

std::string choices_json(const Flag& flag) {
  std::string list;
  for (const auto choice : flag.choices) list += (list.empty() ? "" : ",") + json_string(choice);
  return R"({"enum":[)" + list + "]}";
}

std::string schema_of(const Flag& flag) {
  if (!flag.choices.empty()) return choices_json(flag);
  switch (flag.type) {
    case FlagType::boolean:
      return R"({"type":"boolean"})";
    case FlagType::number:
      return R"({"type":"integer"})";
    case FlagType::each:
    case FlagType::list:
      return R"({"type":"array","items":{"type":"string"}})";
    case FlagType::text:
      break;
  }
  return flag.repeatable ? R"({"type":"array","items":{"type":"string"}})" : R"({"type":"string"})";
}

Parameter parameter_of(const Flag& flag) {
  return {.name = cli::camel_case(flag.name),
          .description = std::string(flag.description),
          .schema = schema_of(flag),
          .required = flag.required};
}

/// Those that every method has.
bool is_general(const Flag& flag) { return flag.commands == ~cli::CommandMask{0}; }

std::vector<Parameter> own_parameters_of(CommandId id) {
  std::vector<Parameter> parameters;
  for (const auto& positional : cli::command_of(id).positionals) {
    const bool many = positional.many || cli::takes_command_line(id);
    parameters.push_back(
        {.name = std::string(positional.name),
         .description = std::string(positional.description),
         .schema = many ? R"({"type":"array","items":{"type":"string"}})" : R"({"type":"string"})",
         .required = positional.required});
  }
  for (const auto* flag : method_flags(id)) {
    if (!flag->hidden && !is_general(*flag)) parameters.push_back(parameter_of(*flag));
  }
  if (has_streams(id)) {
    parameters.push_back({"stdin", "stream/write follows; otherwise stdin is empty.",
                          R"({"type":"boolean"})", false});
    parameters.push_back({"terminal", "The command gets a terminal of this size.",
                          R"({"type":"object","properties":{"rows":{"type":"integer"},)"
                          R"("columns":{"type":"integer"},"type":{"type":"string"}}})",
                          false});
  }
  return parameters;
}

std::vector<Parameter> general_parameters() {
  std::vector<Parameter> parameters;
  for (const auto* flag : method_flags(CommandId::up)) {
    if (is_general(*flag)) parameters.push_back(parameter_of(*flag));
  }
  return parameters;
}

std::string parameter_json(const Parameter& parameter) {
  return R"({"name":)" + json_string(parameter.name) + R"(,"description":)" +
         json_string(parameter.description) +
         (parameter.required ? R"(,"required":true)" : R"(,"required":false)") + R"(,"schema":)" +
         parameter.schema + '}';
}

std::string method_json(CommandId id) {
  std::string parameters;
  auto all = own_parameters_of(id);
  std::ranges::move(general_parameters(), std::back_inserter(all));
  for (const auto& parameter : all) {
    parameters += (parameters.empty() ? "" : ",") + parameter_json(parameter);
  }
  const std::string result =
      has_streams(id) ? R"({"type":"object","properties":{"exitCode":{"type":"integer"}},)"
                        R"("required":["exitCode"]})"
                      : "{}";
  return R"({"name":)" + json_string(method_name(id)) + R"(,"summary":)" +
         json_string(cli::command_of(id).purpose) + R"(,"paramStructure":"by-name","params":[)" +
         parameters + R"(],"result":{"name":"result","schema":)" + result + "}}";
}

std::string own_method_json(const OwnMethod& method) {
  return R"({"name":)" + json_string(method.name) + R"(,"summary":)" + json_string(method.purpose) +
         R"(,"paramStructure":"by-name","params":[{"name":"params","schema":)" +
         R"({"type":"object","properties":)" + std::string(method.parameters) +
         R"(}}],"result":{"name":"result","schema":)" + std::string(method.result) + "}}";
}

}  // namespace

std::string openrpc_document() {
  std::string methods;
  for (const auto& method : own_methods) {
    methods += (methods.empty() ? "" : ",") + own_method_json(method);
  }
  for (const auto& method : native_methods()) {
    methods +=
        ',' + own_method_json({method.name, method.purpose, method.parameters, method.result});
  }
  for (const auto id : method_commands()) methods += ',' + method_json(id);
  return R"({"openrpc":"1.3.2","info":{"title":"fairlead","version":)" +
         json_string(cli::own_version) + R"(},"methods":[)" + methods + "]}";
}

namespace {

std::string table_of(const std::vector<Parameter>& parameters) {
  if (parameters.empty()) return {};
  std::string table = "\n| parameter | schema | meaning |\n|---|---|---|\n";
  for (const auto& [name, description, schema, required] : parameters) {
    table += "| `" + name + (required ? "` (required)" : "`") + " | `" + schema + "` | " +
             description + " |\n";
  }
  return table;
}

}  // namespace

std::string methods_page() {
  std::string page =
      "# Methods of the JSON-RPC server\n\nMade by `fairlead serve --page`; "
      "[json-rpc.md](json-rpc.md) describes the protocol.\n\nEvery method takes these, and some "
      "take more:\n" +
      table_of(general_parameters());
  for (const auto id : method_commands()) {
    page += "\n## " + method_name(id) + "\n\n" + std::string(cli::command_of(id).purpose) + ".\n" +
            table_of(own_parameters_of(id));
  }
  for (const auto& method : native_methods()) {
    page += "\n## " + std::string(method.name) + "\n\n" + std::string(method.purpose) +
            ".\n\nIts own parameters, beside those of `status`: `" +
            std::string(method.parameters) + "`. Result: `" + std::string(method.result) + "`.\n";
  }
  return page;
}

}  // namespace fairlead::rpc
