#include "run_args.hpp"

#include <array>

/// Flags of docker run about networks, ports and names of hosts.
namespace fairlead::engine {
namespace {

struct PortRange {
  int first = 0;
  int last = 0;
  int size() const { return last - first + 1; }
};

int port_number(std::string_view text) {
  const auto number = parse_integer(text);
  if (number < 0 || number > 65535) throw BadValue{"'" + std::string(text) + "' is not a port"};
  return static_cast<int>(number);
}

PortRange port_range(std::string_view text) {
  const auto dash = text.find('-');
  const int first = port_number(text.substr(0, dash));
  const int last = dash == std::string_view::npos ? first : port_number(text.substr(dash + 1));
  if (last < first) throw BadValue{"'" + std::string(text) + "' runs backwards"};
  return {first, last};
}

std::string range_text(const PortRange& range) {
  const auto first = std::to_string(range.first);
  return range.size() == 1 ? first : first + "-" + std::to_string(range.last);
}

struct PortSpec {
  std::string address;
  std::string outside;
  std::string inside;
  std::string protocol = "tcp";
};

/// "[[address]:][outside:]inside[/protocol]"; an IPv6 address stands in brackets.
PortSpec split_short(std::string text) {
  PortSpec spec;
  if (const auto slash = text.rfind('/'); slash != std::string::npos) {
    spec.protocol = text.substr(slash + 1);
    text.erase(slash);
  }
  const auto last = text.rfind(':');
  spec.inside = text.substr(last == std::string::npos ? 0 : last + 1);
  if (last == std::string::npos) return spec;
  text.erase(last);
  const auto second = text.rfind(':');
  const bool only_outside = second == std::string::npos;
  spec.outside = only_outside ? text : text.substr(second + 1);
  if (only_outside) return spec;
  spec.address = text.substr(0, second);
  if (spec.address.starts_with('[') && spec.address.ends_with(']')) {
    spec.address = spec.address.substr(1, spec.address.size() - 2);
  } else if (spec.address.find(':') != std::string::npos) {
    throw BadValue{"an IPv6 address stands in brackets"};
  }
  return spec;
}

PortSpec split_long(const std::string& text) {
  PortSpec spec;
  for (const auto& field : split_csv(text)) {
    const auto [name, value] = split_pair(field);
    if (name == "published") {
      spec.outside = value;
    } else if (name == "target") {
      spec.inside = value;
    } else if (name == "protocol") {
      spec.protocol = value;
    } else if (name != "mode") {
      throw BadValue{"'" + name + "' is not a key of a published port"};
    }
  }
  return spec;
}

void bind_port(Draft& draft, const PortSpec& spec, int inside, const std::string& outside) {
  const auto key = std::to_string(inside) + "/" + spec.protocol;
  draft.config["ExposedPorts"][key] = Json::object();
  draft.host["PortBindings"][key].push_back({{"HostIp", spec.address}, {"HostPort", outside}});
}

void publish_flag(Draft& draft, const std::string& value) { publish(draft, value); }

void expose(Draft& draft, const std::string& value) {
  const auto slash = value.find('/');
  const auto protocol = slash == std::string::npos ? "tcp" : value.substr(slash + 1);
  const auto range = port_range(std::string_view(value).substr(0, slash));
  for (int port = range.first; port <= range.last; ++port) {
    draft.config["ExposedPorts"][std::to_string(port) + "/" + protocol] = Json::object();
  }
}

void publish_all(Draft& draft, const std::string& value) {
  draft.host["PublishAllPorts"] = parse_boolean(value);
}

void network_key(NetworkDraft& network, const std::string& name, const std::string& value) {
  auto& endpoint = network.endpoint;
  if (name == "name") {
    network.name = value;
  } else if (name == "alias") {
    endpoint["Aliases"].push_back(value);
  } else if (name == "ip") {
    endpoint["IPAMConfig"]["IPv4Address"] = value;
  } else if (name == "ip6") {
    endpoint["IPAMConfig"]["IPv6Address"] = value;
  } else if (name == "link-local-ip") {
    endpoint["IPAMConfig"]["LinkLocalIPs"].push_back(value);
  } else if (name == "mac-address") {
    endpoint["MacAddress"] = value;
  } else if (name == "gw-priority") {
    endpoint["GwPriority"] = parse_integer(value);
  } else if (name == "driver-opt") {
    auto [key, text] = split_pair(value);
    endpoint["DriverOpts"][key] = text;
  } else {
    throw BadValue{"'" + name + "' is not a key of --network"};
  }
}

void network(Draft& draft, const std::string& value) {
  NetworkDraft joined;
  if (value.find("name=") == std::string::npos) {
    joined.name = value;
  } else {
    for (const auto& field : split_csv(value)) {
      const auto [name, text] = split_pair(field);
      network_key(joined, name, text);
    }
  }
  draft.networks.push_back(joined);
}

void alias(Draft& draft, const std::string& value) {
  draft.first_endpoint["Aliases"].push_back(value);
}
void ip(Draft& draft, const std::string& value) {
  draft.first_endpoint["IPAMConfig"]["IPv4Address"] = value;
}
void ip6(Draft& draft, const std::string& value) {
  draft.first_endpoint["IPAMConfig"]["IPv6Address"] = value;
}
void link_local(Draft& draft, const std::string& value) {
  draft.first_endpoint["IPAMConfig"]["LinkLocalIPs"].push_back(value);
}
void mac_address(Draft& draft, const std::string& value) { draft.config["MacAddress"] = value; }
void link(Draft& draft, const std::string& value) { draft.host["Links"].push_back(value); }
void hostname(Draft& draft, const std::string& value) { draft.config["Hostname"] = value; }
void domain_name(Draft& draft, const std::string& value) { draft.config["Domainname"] = value; }
void dns(Draft& draft, const std::string& value) { draft.host["Dns"].push_back(value); }
void dns_search(Draft& draft, const std::string& value) {
  if (value != ".") draft.host["DnsSearch"].push_back(value);
}
void dns_option(Draft& draft, const std::string& value) {
  draft.host["DnsOptions"].push_back(value);
}

/// "name:address" or "name=address", the address perhaps in brackets.
void add_host(Draft& draft, const std::string& value) {
  const auto at = value.find_first_of("=:");
  if (at == std::string::npos || at == 0 || at + 1 == value.size()) {
    throw BadValue{"it is not name:address"};
  }
  auto address = value.substr(at + 1);
  if (address.starts_with('[') && address.ends_with(']')) {
    address = address.substr(1, address.size() - 2);
  }
  draft.host["ExtraHosts"].push_back(value.substr(0, at) + ":" + address);
}

constexpr std::array flags{
    RunFlag{"publish", 'p', false, publish_flag},
    RunFlag{"publish-all", 'P', true, publish_all},
    RunFlag{"expose", 0, false, expose},
    RunFlag{"network", 0, false, network},
    RunFlag{"net", 0, false, network},
    RunFlag{"network-alias", 0, false, alias},
    RunFlag{"net-alias", 0, false, alias},
    RunFlag{"ip", 0, false, ip},
    RunFlag{"ip6", 0, false, ip6},
    RunFlag{"link-local-ip", 0, false, link_local},
    RunFlag{"mac-address", 0, false, mac_address},
    RunFlag{"link", 0, false, link},
    RunFlag{"hostname", 'h', false, hostname},
    RunFlag{"domainname", 0, false, domain_name},
    RunFlag{"dns", 0, false, dns},
    RunFlag{"dns-search", 0, false, dns_search},
    RunFlag{"dns-option", 0, false, dns_option},
    RunFlag{"dns-opt", 0, false, dns_option},
    RunFlag{"add-host", 0, false, add_host},
};

}  // namespace

std::span<const RunFlag> network_flags() { return flags; }

void publish(Draft& draft, const std::string& text) {
  auto spec = text.find('=') == std::string::npos ? split_short(text) : split_long(text);
  for (char& c : spec.protocol) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  if (spec.protocol != "tcp" && spec.protocol != "udp" && spec.protocol != "sctp") {
    throw BadValue{"'" + spec.protocol + "' is not a protocol: tcp, udp or sctp"};
  }
  const auto inside = port_range(spec.inside);
  if (spec.outside.empty()) {
    for (int i = inside.first; i <= inside.last; ++i) bind_port(draft, spec, i, "");
    return;
  }
  const auto outside = port_range(spec.outside);
  if (inside.size() == 1 && outside.size() > 1) {  // any one of them
    return bind_port(draft, spec, inside.first, range_text(outside));
  }
  if (inside.size() != outside.size()) throw BadValue{"its two ranges differ in length"};
  for (int i = 0; i < inside.size(); ++i) {
    bind_port(draft, spec, inside.first + i, std::to_string(outside.first + i));
  }
}

}  // namespace fairlead::engine
