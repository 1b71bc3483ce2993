#pragma once

#include "plugins/call.hpp"
#include "plugins/code.hpp"

#include <fairlead/abi.h>
#include <fairlead/backend.hpp>
#include <fairlead/error.hpp>
#include <fairlead/model_json.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

namespace fairlead {

/// The C++ objects of ours that a plugin instance may call; null: not offered.
struct PluginServices {
  std::shared_ptr<Host> host;
  std::shared_ptr<Backend> backend;
};

/// One instance of a plugin: made by its `create`, configured, destroyed here when its operations
/// have ended; left behind when one was abandoned. Thread-safe.
class PluginInstance {
 public:
  /// Throws Error(failed, "plugin.load") when the plugin makes none, and what its configure fails
  /// with.
  static std::shared_ptr<PluginInstance> make(std::unique_ptr<PluginCode> code,
                                              std::shared_ptr<PluginContext> context,
                                              PluginServices services,
                                              const ConfigureRequest& settings);
  ~PluginInstance();
  PluginInstance(const PluginInstance&) = delete;
  PluginInstance& operator=(const PluginInstance&) = delete;

  /// The table of interface `id`; throws Error(failed, "plugin.load") when there is none.
  const void* table(const char* id) const;

  /// Calls one operation. Throws as `run_call`.
  CallReply call(const char* operation, fairlead_op op, std::string request, CallOptions options);

 private:
  struct State;
  explicit PluginInstance(std::shared_ptr<State> state) : state_(std::move(state)) {}

  std::shared_ptr<State> state_;
};

/// The operation at `slot`, or null when `table` is too short for it or leaves it empty.
template <class Table>
fairlead_op slot_of(const Table* table, fairlead_op Table::*slot) {
  const auto begin = reinterpret_cast<std::uintptr_t>(table);
  const auto end = reinterpret_cast<std::uintptr_t>(&(table->*slot)) + sizeof(fairlead_op);
  return end - begin <= table->size ? table->*slot : nullptr;
}

/// One operation as its caller sees it.
struct Operation {
  const char* name;   ///< the slot's
  const char* words;  ///< for "<backend> cannot …"
};

/// A plugin's table with typed calls. `name` is what the user calls the plugin's object.
template <class Table>
class TableAdapter {
 public:
  TableAdapter(std::shared_ptr<PluginInstance> instance, const char* id, std::string name)
      : instance_(std::move(instance)),
        table_(static_cast<const Table*>(instance_->table(id))),
        name_(std::move(name)) {}

  const std::string& name() const { return name_; }

  /// Throws Error(unsupported, "backend.unsupported") before any call when the slot is absent.
  template <class Reply, class Request>
  Reply call(Operation operation, fairlead_op Table::*slot, const Request& request,
             CallOptions options) const {
    return decode_reply<Reply>(raw(operation, slot, encode(request), std::move(options)));
  }

  CallReply raw(Operation operation, fairlead_op Table::*slot, std::string request,
                CallOptions options) const {
    const auto op = slot_of(table_, slot);
    if (op == nullptr) {
      throw Error(Status::unsupported, "backend.unsupported", name_ + " cannot " + operation.words);
    }
    return instance_->call(operation.name, op, std::move(request), std::move(options));
  }

 private:
  template <class Reply>
  static Reply decode_reply(const CallReply& reply) {
    return decode<Reply>(reply.body.empty() ? std::string_view("{}") : reply.body);
  }

  std::shared_ptr<PluginInstance> instance_;
  const Table* table_;
  std::string name_;
};

}  // namespace fairlead
