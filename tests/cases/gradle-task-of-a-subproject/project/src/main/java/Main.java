package org.example;

public class Main {}
