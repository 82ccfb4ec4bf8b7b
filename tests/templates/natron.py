"""Stands in for Natron: runs a script and prints the graph that it makes, as JSON."""

import json
import runpy
import sys

nodes = []


class Param:
    def __init__(self, node, name):
        self.node, self.name = node, name

    def setValue(self, value):
        self.node.params[self.name] = value

    def getValue(self):
        return "the value of " + self.name


class Node:
    def __init__(self, plugin):
        self.plugin, self.name, self.params, self.inputs = plugin, "", {}, {}
        nodes.append(self)

    def setScriptName(self, name):
        assert name not in [node.name for node in nodes], name
        self.name = name

    def getScriptName(self):
        return self.name

    def getParam(self, name):
        return Param(self, name)

    def connectInput(self, index, source):
        self.inputs[index] = source.name
        return True


class App:
    def createNode(self, plugin):
        return Node(plugin)

    def createReader(self, path):
        return Node("Read")

    def createWriter(self, path):
        return Node("Write")


runpy.run_path(sys.argv[1], {"app": App()})
print(json.dumps([vars(node) for node in nodes]))
